/**
 * The commands that speak to a running service over REST, and what they print. May depend on the
 * protocol and on the registration compiler.
 */
@NullMarked
package io.doundo.launcher.cli;

import org.jspecify.annotations.NullMarked;
