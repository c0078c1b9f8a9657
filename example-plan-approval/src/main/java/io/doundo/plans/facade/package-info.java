/**
 * The API and the page of the plan approval. It has no database of its own: drafts are in Postgres,
 * published plans in the FHIR store, approvals in the orchestrator, and every answer is made of
 * those. A process of its own; knows nothing of the workers.
 */
@NullMarked
package io.doundo.plans.facade;

import org.jspecify.annotations.NullMarked;
