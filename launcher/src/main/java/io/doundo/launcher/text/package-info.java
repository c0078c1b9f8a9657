/** Text as people read it: tables, colours, times. */
@NullMarked
package io.doundo.launcher.text;

import org.jspecify.annotations.NullMarked;
