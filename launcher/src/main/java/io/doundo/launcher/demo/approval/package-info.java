/**
 * {@code doundo demo plan-approval}: drafts in Postgres, published plans in a FHIR store and the
 * approvals between them, shown as they happen and then checked in each store. May depend on {@code
 * demo}, {@code dev}, {@code cli} and {@code process}; knows the example's processes by their names
 * alone.
 */
@NullMarked
package io.doundo.launcher.demo.approval;

import org.jspecify.annotations.NullMarked;
