/** Tests of histories and their files. */
@NullMarked
package io.doundo.history;

import org.jspecify.annotations.NullMarked;
