/** The whole installation in processes of its own, for integration tests. */
@NullMarked
package io.doundo.plans.testing;

import org.jspecify.annotations.NullMarked;
