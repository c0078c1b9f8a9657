/**
 * {@code doundo dev}: a broker, Redis and an orchestrator on one data directory, started, watched
 * and stopped together. May depend on {@code broker} and {@code process}.
 */
@NullMarked
package io.doundo.launcher.dev;

import org.jspecify.annotations.NullMarked;
