/** Tests of the http worker. */
@NullMarked
package io.doundo.http.connection;

import org.jspecify.annotations.NullMarked;
