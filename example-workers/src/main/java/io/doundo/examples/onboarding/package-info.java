/** A service that onboards users: four steps at the same time. */
@NullMarked
package io.doundo.examples.onboarding;

import org.jspecify.annotations.NullMarked;
