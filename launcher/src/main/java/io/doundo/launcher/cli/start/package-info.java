/** The commands that start flows. Depend on {@code cli} alone. */
@NullMarked
package io.doundo.launcher.cli.start;

import org.jspecify.annotations.NullMarked;
