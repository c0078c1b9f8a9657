/** The commands about bulk jobs. */
@NullMarked
package io.doundo.launcher.cli.job;

import org.jspecify.annotations.NullMarked;
