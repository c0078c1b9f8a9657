/**
 * The commands about the service and about this command line itself. Depend on {@code cli} alone.
 */
@NullMarked
package io.doundo.launcher.cli.tool;

import org.jspecify.annotations.NullMarked;
