/**
 * Flows of mixed fates for a development installation, so that lists, incidents and repairs can be
 * looked at. The plan is pure: one seed gives the same flows.
 */
@NullMarked
package io.doundo.launcher.fill;

import org.jspecify.annotations.NullMarked;
