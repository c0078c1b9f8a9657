/** Tests of the http worker. */
@NullMarked
package io.doundo.http.call;

import org.jspecify.annotations.NullMarked;
