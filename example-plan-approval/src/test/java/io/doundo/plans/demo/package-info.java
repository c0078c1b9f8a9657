/** {@code doundo demo plan-approval} as a person runs it. */
@NullMarked
package io.doundo.plans.demo;

import org.jspecify.annotations.NullMarked;
