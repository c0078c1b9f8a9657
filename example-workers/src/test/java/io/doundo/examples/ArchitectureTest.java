package io.doundo.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.doundo.examples", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule workersKnowNothingOfTheOrchestrator =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.doundo.orchestrator..")
          .because("a worker knows the wire, by the SDK or by itself, and nothing behind it");

  @ArchTest
  static final ArchRule theListenerNeedsNoSdk =
      noClasses()
          .that()
          .resideInAPackage("io.doundo.examples.invoice")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.doundo.worker..", "io.doundo.protocol..")
          .because("it shows the wire as it is; it shares only the outside world with the others");
}
