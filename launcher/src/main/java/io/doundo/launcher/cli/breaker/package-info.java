/** The command about circuit breakers. Depends on {@code cli}. */
@NullMarked
package io.doundo.launcher.cli.breaker;

import org.jspecify.annotations.NullMarked;
