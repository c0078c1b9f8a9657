/** The commands that look at many flows. Depend on {@code cli} alone. */
@NullMarked
package io.doundo.launcher.cli.overview;

import org.jspecify.annotations.NullMarked;
