/** How JSON is read, written and compared. Depends on Jackson only. */
@NullMarked
package io.doundo.plans.json;

import org.jspecify.annotations.NullMarked;
