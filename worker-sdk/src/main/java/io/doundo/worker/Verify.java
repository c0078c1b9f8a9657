package io.doundo.worker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Asks the outside world whether a DO that may have had its effect did have it. Needed by steps
 * with {@link OnDoubt#VERIFY}, and called for those only. Takes the same parameters as the DO, must
 * change nothing, and returns a {@link VerifyResult}. An exception means {@link
 * VerifyResult#unknown}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Verify {

  /** The name of the step. */
  String value();
}
