package io.varve.runtime;

import io.varve.store.errors.IncompatibleStoreException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The text of a catalogue, see {@link SealedText}.
 *
 * <pre>
 *   varve-catalogue: 1
 *   projection: revenue
 *   live: 2 1                       generation, version of its definition
 *   previous: 1 1                   no line where there is none, and so below
 *   candidate: 3 2
 *   next: 4                         number of the next generation
 *   paused: 2 1                     numbers of generations; no line where none is, or where they
 *                                   were paused by an earlier version, see {@link Life}
 *   checksum: 2c26b46b68ffc68f...   SHA-256 of all lines before
 * </pre>
 *
 * <p>Lines of other names are passed over: later versions may add some.
 */
final class CatalogueText {
    private static final String FORMAT = "1";

    private CatalogueText() {}

    static byte[] write(String projection, Catalogue catalogue) {
        StringBuilder text = new StringBuilder();
        SealedText.line(text, "varve-catalogue", FORMAT);
        SealedText.line(text, "projection", projection);
        line(text, "live", catalogue.live());
        catalogue.previous().ifPresent(id -> line(text, "previous", id));
        catalogue.candidate().ifPresent(id -> line(text, "candidate", id));
        SealedText.line(text, "next", catalogue.next());
        if (!catalogue.paused().isEmpty()) {
            SealedText.line(text, "paused", numbers(catalogue.paused()));
        }
        return SealedText.write(text.toString());
    }

    private static String numbers(Set<GenerationId> ids) {
        return ids.stream()
                .map(GenerationId::number)
                .sorted()
                .map(String::valueOf)
                .collect(Collectors.joining(" "));
    }

    private static void line(StringBuilder text, String name, GenerationId id) {
        SealedText.line(text, name, id.number() + " " + id.version());
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @return empty if it is anything else
     * @throws IncompatibleStoreException if it is of a newer version, or of another projection
     */
    static Optional<Catalogue> read(String projection, byte[] bytes, Path file) {
        Optional<Map<String, String>> whole = SealedText.read(bytes);
        if (whole.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> values = whole.get();
        checkKind(projection, values, file);
        try {
            Catalogue read =
                    new Catalogue(
                            id(values.get("live")),
                            Optional.ofNullable(values.get("previous")).map(CatalogueText::id),
                            Optional.ofNullable(values.get("candidate")).map(CatalogueText::id),
                            Integer.parseInt(values.getOrDefault("next", "")),
                            Set.of());
            return Optional.of(withPaused(read, values.getOrDefault("paused", "")));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Catalogue withPaused(Catalogue read, String numbers) {
        Catalogue now = read;
        for (String number : numbers.isEmpty() ? new String[0] : numbers.split(" ")) {
            int wanted = Integer.parseInt(number);
            Optional<GenerationId> id =
                    read.all().filter(one -> one.number() == wanted).findFirst();
            now = now.with(id.orElseThrow(() -> new IllegalArgumentException(numbers)), true);
        }
        return now;
    }

    private static void checkKind(String projection, Map<String, String> values, Path file) {
        if (!FORMAT.equals(values.get("varve-catalogue"))) {
            throw new IncompatibleStoreException(
                    "A catalogue of another version: version="
                            + values.get("varve-catalogue")
                            + " path="
                            + file,
                    "Use the version of Varve that wrote it, or a newer one.");
        }
        if (!projection.equals(values.get("projection"))) {
            throw new IncompatibleStoreException(
                    "A catalogue of another projection: projection="
                            + values.get("projection")
                            + " path="
                            + file,
                    "Give the folder its name back, or delete it: the read model is computed again.");
        }
    }

    private static GenerationId id(String value) {
        String[] parts = value == null ? new String[0] : value.split(" ");
        if (parts.length != 2) {
            throw new IllegalArgumentException("no generation: " + value);
        }
        return new GenerationId(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }
}
