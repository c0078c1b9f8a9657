/** Tests of the example workers. */
@NullMarked
package io.doundo.examples.onboarding;

import org.jspecify.annotations.NullMarked;
