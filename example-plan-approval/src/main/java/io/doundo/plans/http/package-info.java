/** JSON over HTTP, for the services that this one calls. Depends on {@code json} only. */
@NullMarked
package io.doundo.plans.http;

import org.jspecify.annotations.NullMarked;
