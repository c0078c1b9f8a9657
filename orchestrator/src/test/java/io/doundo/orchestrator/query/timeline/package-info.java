/** Tests of reads of the audit log. */
@NullMarked
package io.doundo.orchestrator.query.timeline;

import org.jspecify.annotations.NullMarked;
