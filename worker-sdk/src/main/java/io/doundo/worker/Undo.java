package io.doundo.worker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Takes back what the DO of a step did. Called only when there is, or may be, something to undo:
 * the fence settles an UNDO that overtakes its DO, and then never lets the DO run.
 *
 * <p>Parameters, each optional and in any order: {@link Undoing} with what was asked and what was
 * made; the bare result of the DO (see {@link #onUnknown}); the payload as a type that Jackson
 * reads; {@link StepContext}; {@link ExecutionMessage}. A parameter of the type that the step's
 * {@link Do} method returns is the bare result; one of the type that it takes is what it was asked.
 *
 * <p>Must be idempotent: after any exception it is called again. The returned value is ignored.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Undo {

  /** The name of the step. */
  String value();

  /** Needed by a method that takes the bare result: what to do when there is none. */
  OnUnknown onUnknown() default OnUnknown.UNDECIDED;
}
