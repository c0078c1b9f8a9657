package io.doundo.examples;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Here only when {@code doundo.examples.serve} names this orchestration, or nothing. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Conditional(Served.IsNamed.class)
public @interface Served {

  /** The name of the orchestration. */
  String value();

  /** Reads {@code doundo.examples.serve}. */
  final class IsNamed implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata type) {
      Object name =
          Objects.requireNonNull(type.getAnnotationAttributes(Served.class.getName())).get("value");
      List<String> served =
          Binder.get(context.getEnvironment())
              .bind("doundo.examples.serve", Bindable.listOf(String.class))
              .orElse(List.of());
      return served.isEmpty() || served.contains(name);
    }
  }
}
