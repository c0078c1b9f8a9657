package io.doundo.worker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Does a step. The returned value is the step's result: it is sent as JSON, merged into the payload
 * of later steps, and passed to the step's UNDO.
 *
 * <p>Parameters, each optional and in any order: the payload as a type that Jackson reads, {@link
 * StepContext}, {@link ExecutionMessage}.
 *
 * <p>By default the method may be called again when an earlier call may have had its effect already
 * (see {@link #onDoubt}): it must be idempotent, {@link StepContext#idempotencyKey} being the same
 * for all attempts. {@link StepFailedException} and {@link NoEffectException} vouch that nothing
 * happened; any other exception leaves the effect in doubt, is retried, and undone in the end.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Do {

  /** The name of the step. */
  String value();

  /**
   * The policy when an earlier call may have had its effect because its worker died or it threw.
   */
  OnDoubt onDoubt() default OnDoubt.RERUN;

  /**
   * The field that the result is nested in. Without one, the fields of the result stand beside
   * those of the request in the payload of later steps, and replace those of the same name. With
   * one, the result may also be something else than an object.
   */
  String as() default "";

  /** Exceptions, subtypes included, that mean the same as {@link NoEffectException}. */
  Class<? extends Throwable>[] noEffect() default {};

  /** Exceptions, subtypes included, that mean the same as {@link StepFailedException}. */
  Class<? extends Throwable>[] failed() default {};
}
