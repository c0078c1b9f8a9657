package io.doundo.orchestrator.query;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of a view that holds what people or services wrote into a payload. The API
 * shows it only to those who may see payloads. Raw JSON, alone or in a list or map, needs no mark:
 * it is always a payload.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.RECORD_COMPONENT})
public @interface Payload {}
