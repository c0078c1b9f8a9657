/** Tests of the http worker. */
@NullMarked
package io.doundo.http;

import org.jspecify.annotations.NullMarked;
