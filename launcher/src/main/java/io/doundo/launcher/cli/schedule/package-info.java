/** The command about schedules. Depends on {@code cli}. */
@NullMarked
package io.doundo.launcher.cli.schedule;

import org.jspecify.annotations.NullMarked;
