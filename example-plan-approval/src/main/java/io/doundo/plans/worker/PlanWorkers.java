package io.doundo.plans.worker;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/** The process of the workers. Any number of them may run side by side. */
@SpringBootApplication
@EnableConfigurationProperties(WorkerSettings.class)
public class PlanWorkers {

  public static void main(String[] arguments) {
    new SpringApplicationBuilder(PlanWorkers.class)
        .properties("spring.config.name=plan-workers")
        .run(arguments);
  }
}
