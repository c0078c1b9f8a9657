/** Stands for Kotlin's library in tests. */
@NullMarked
package kotlin.coroutines;

import org.jspecify.annotations.NullMarked;
