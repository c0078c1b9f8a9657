package io.doundo.worker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * A bean whose {@link Do}, {@link Undo} and {@link Verify} methods serve steps of one
 * orchestration. Several beans may serve one orchestration; a step's DO is served by one method.
 *
 * <p>Handlers are called from several threads at once, for different flows, so the bean must be
 * thread-safe. Commands of one flow, step and action are handled one after the other.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Component
public @interface SagaWorker {

  /** The name of the orchestration. */
  @AliasFor("orchestration")
  String value() default "";

  /** The name of the orchestration. */
  @AliasFor("value")
  String orchestration() default "";

  /** Whether the orchestration is registered with {@code sharedTopic: true}. */
  boolean sharedTopic() default false;
}
