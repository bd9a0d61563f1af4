package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.Version;
import io.varve.store.errors.SerdeException;
import org.junit.jupiter.api.Test;

class JacksonVersionTest {
    @Test
    void shouldAcceptTheVersionItIsBuiltWith() {
        assertDoesNotThrow(() -> JacksonVersion.check());
    }

    @Test
    void shouldNameTheVersionThatIsTooOld() {
        SerdeException error =
                assertThrows(SerdeException.class, () -> JacksonVersion.check(version(2, 17)));
        assertTrue(error.getMessage().contains("2.17.3"), error.getMessage());
        assertTrue(error.remedy().contains("2.18"), error.remedy());
    }

    @Test
    void shouldRefuseAnotherGeneration() {
        assertThrows(SerdeException.class, () -> JacksonVersion.check(version(3, 0)));
    }

    private static Version version(int major, int minor) {
        return new Version(major, minor, 3, null, "com.fasterxml.jackson.core", "jackson-databind");
    }
}
