/** Tests of the bulk jobs: what they decide, without a broker. */
@NullMarked
package io.doundo.orchestrator.jobs;

import org.jspecify.annotations.NullMarked;
