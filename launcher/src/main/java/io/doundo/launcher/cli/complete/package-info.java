/** Completion in a shell: its script, and the values that it offers. Knows no command. */
@NullMarked
package io.doundo.launcher.cli.complete;

import org.jspecify.annotations.NullMarked;
