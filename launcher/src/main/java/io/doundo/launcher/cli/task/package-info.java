/** The commands about tasks and signals. Depend on {@code cli} alone. */
@NullMarked
package io.doundo.launcher.cli.task;

import org.jspecify.annotations.NullMarked;
