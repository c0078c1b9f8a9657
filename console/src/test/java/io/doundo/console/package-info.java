/** Checks of the console's files that need no browser. */
@NullMarked
package io.doundo.console;

import org.jspecify.annotations.NullMarked;
