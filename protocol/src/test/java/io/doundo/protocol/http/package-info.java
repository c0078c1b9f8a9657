/** Tests of the commands to the http worker. */
@NullMarked
package io.doundo.protocol.http;

import org.jspecify.annotations.NullMarked;
