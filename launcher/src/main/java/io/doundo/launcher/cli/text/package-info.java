/** Flows, timelines and lists as lines for a terminal. Depends on no command. */
@NullMarked
package io.doundo.launcher.cli.text;

import org.jspecify.annotations.NullMarked;
