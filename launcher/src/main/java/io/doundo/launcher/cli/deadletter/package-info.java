/** The commands about dead letters. Depend on {@code cli} alone. */
@NullMarked
package io.doundo.launcher.cli.deadletter;

import org.jspecify.annotations.NullMarked;
