package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.IncompatibleStoreException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatalogueTest {
    private static final Path FILE = Path.of("catalogue");

    private static GenerationId id(int number, int version) {
        return new GenerationId(number, version);
    }

    private static Optional<Catalogue> again(Catalogue catalogue) {
        return CatalogueText.read("one", CatalogueText.write("one", catalogue), FILE);
    }

    @Test
    void shouldReadWhatItWrote() {
        Catalogue first = Catalogue.first(7);
        Catalogue full = first.withCandidate(8).promoted().withCandidate(8);
        assertEquals(
                new Catalogue(id(2, 8), Optional.of(id(1, 7)), Optional.of(id(3, 8)), 4, Set.of()),
                full);
        for (Catalogue one : new Catalogue[] {first, full, full.rolledBack()}) {
            assertEquals(Optional.of(one), again(one));
        }
    }

    @Test
    void shouldHaveNoSuchThingAsTwoGenerationsOfOneNumber() {
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new Catalogue(
                                id(1, 1), Optional.of(id(1, 1)), Optional.empty(), 2, Set.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Catalogue(id(2, 1), Optional.empty(), Optional.empty(), 2, Set.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Catalogue(id(0, 1), Optional.empty(), Optional.empty(), 2, Set.of()));
    }

    @Test
    void shouldKnowWhichArePausedAsLongAsThereAreSuch() {
        Catalogue two = Catalogue.first(1).startedWith(2);
        Catalogue paused = two.with(id(1, 1), true).with(id(2, 2), true);
        assertEquals(Optional.of(paused), again(paused));
        assertEquals(Set.of(id(1, 1), id(2, 2)), paused.rolledBack().paused());
        assertEquals(Set.of(id(2, 2)), paused.withoutPrevious().paused());
        assertEquals(two, paused.with(id(1, 1), false).with(id(2, 2), false));
    }

    @Test
    void shouldGoBackAndForth() {
        Catalogue two = Catalogue.first(1).startedWith(2);
        assertEquals(id(2, 2), two.live());
        assertEquals(Optional.of(id(1, 1)), two.previous());
        Catalogue back = two.startedWith(1);
        assertEquals(id(1, 1), back.live());
        assertEquals(Optional.of(id(2, 2)), back.previous());
        assertEquals(two, back.startedWith(2));
        assertEquals(id(3, 3), back.startedWith(3).live());
        assertEquals(Optional.of(id(1, 1)), back.startedWith(3).previous());
    }

    @Test
    void shouldTellAnyDamage() {
        Random random = new Random(1);
        byte[] good = CatalogueText.write("one", Catalogue.first(1).withCandidate(2));
        for (int i = 0; i < 2_000; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            assertTrue(CatalogueText.read("one", bad, FILE).isEmpty());
            byte[] cut = java.util.Arrays.copyOf(good, random.nextInt(good.length));
            assertTrue(CatalogueText.read("one", cut, FILE).isEmpty());
        }
    }

    @Test
    void shouldRefuseThoseOfOthers() {
        byte[] good = CatalogueText.write("one", Catalogue.first(1));
        assertThrows(IncompatibleStoreException.class, () -> CatalogueText.read("two", good, FILE));
        String newer =
                new String(good, StandardCharsets.UTF_8)
                        .replace("varve-catalogue: 1", "varve-catalogue: 2")
                        .replaceAll("checksum: .*\n", "");
        byte[] sealed = seal(newer);
        assertThrows(
                IncompatibleStoreException.class, () -> CatalogueText.read("one", sealed, FILE));
    }

    private static byte[] seal(String text) {
        try {
            byte[] sum =
                    java.security.MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return (text + "checksum: " + java.util.HexFormat.of().formatHex(sum) + "\n")
                    .getBytes(StandardCharsets.UTF_8);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
