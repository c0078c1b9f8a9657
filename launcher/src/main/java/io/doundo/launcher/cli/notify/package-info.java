/** The command about notifications. Depends on {@code cli}. */
@NullMarked
package io.doundo.launcher.cli.notify;

import org.jspecify.annotations.NullMarked;
