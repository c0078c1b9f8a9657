package io.doundo.plans.facade;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/** The process of the façade. Any number of them may run side by side. */
@SpringBootApplication
@EnableConfigurationProperties(FacadeSettings.class)
public class PlanFacade {

  public static void main(String[] arguments) {
    new SpringApplicationBuilder(PlanFacade.class)
        .properties("spring.config.name=plan-facade")
        .run(arguments);
  }
}
