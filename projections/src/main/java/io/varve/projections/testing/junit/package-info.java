/**
 * Drivers for tests with JUnit 5 and later, which has to be on the class path: Varve brings it for
 * its own tests only.
 */
package io.varve.projections.testing.junit;
