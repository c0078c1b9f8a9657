/** Published plans, in the FHIR store. Depends on {@code http} and {@code json}. */
@NullMarked
package io.doundo.plans.fhir;

import org.jspecify.annotations.NullMarked;
