/** What can be wrong with a Redis or a record of it. */
@NullMarked
package io.doundo.worker.fence.redis;

import org.jspecify.annotations.NullMarked;
