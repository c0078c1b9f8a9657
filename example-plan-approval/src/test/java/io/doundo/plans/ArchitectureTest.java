package io.doundo.plans;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.doundo.plans", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule nothingKnowsTheOrchestratorButItsApi =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.doundo.orchestrator..")
          .because("the façade calls its REST API, and the workers speak the wire");

  @ArchTest
  static final ArchRule theFacadeIsNoWorker =
      noClasses()
          .that()
          .resideInAPackage("io.doundo.plans.facade..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.doundo.plans.worker..", "io.doundo.worker..")
          .because("they are processes of their own, which meet in the stores and in flows");

  @ArchTest
  static final ArchRule theWorkersKnowNothingOfTheFacade =
      noClasses()
          .that()
          .resideInAPackage("io.doundo.plans.worker..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.doundo.plans.facade..")
          .because("they are processes of their own, which meet in the stores and in flows");

  @ArchTest
  static final ArchRule mergingIsPure =
      noClasses()
          .that()
          .resideInAPackage("io.doundo.plans.merge..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.doundo.plans.draft..",
              "io.doundo.plans.fhir..",
              "io.doundo.plans.http..",
              "org.springframework..",
              "java.time..")
          .because("what clashes is decided by the plans alone, and the same way everywhere");
}
