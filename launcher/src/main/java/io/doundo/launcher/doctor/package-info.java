/**
 * What can be wrong with an installation, each with its fix. The checks are pure; the facts come
 * from the broker, Redis and the service.
 */
@NullMarked
package io.doundo.launcher.doctor;

import org.jspecify.annotations.NullMarked;
