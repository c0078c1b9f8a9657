/** Tests of the http worker. */
@NullMarked
package io.doundo.http.client;

import org.jspecify.annotations.NullMarked;
