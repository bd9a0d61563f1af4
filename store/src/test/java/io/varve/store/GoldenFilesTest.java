package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is kept with the tests is what was once written; another form is another file. */
class GoldenFilesTest {
    private static final Map<String, String> SHA_256 =
            Map.ofEntries(
                    Map.entry(
                            "golden-syncs-v1.zip",
                            "f3652ddb6a921378f38d0a3f48fdf2d9c157d3930382371e089ec0651657500d"),
                    Map.entry(
                            "golden-v0.zip",
                            "ef6ad72230ff208a5265216aa43e78a46b1a7e563fa584849e554f8ada0f4017"),
                    Map.entry(
                            "golden-v1.zip",
                            "9ed36cfd6f393bca5eaacf40a0bbd69633da0c4f4ebf5f7b1741e1faa0d16c8f"),
                    Map.entry(
                            "golden-v2.cbor",
                            "9621b1517e994ff592f67efb9a99bbb7e842435890ba505c73c2bd96985bdfdd"),
                    Map.entry(
                            "golden-v2.jsonl",
                            "5b1228c29c0d466ef5c1050aae5b238be29931f6df34f6cfc774c1551cf93dc5"),
                    Map.entry(
                            "golden-v2.seal",
                            "54dbefa42238d3f6ff8f3c11a6188a68566fa7bc8c5a3b1032a8941eb0164a8c"),
                    Map.entry(
                            "golden-v2.zip",
                            "57b1e7a793eea5a355c878eb99022409d7c46b5af036a17b40f8580aa94da05f"),
                    Map.entry(
                            "golden-v3.seal",
                            "5d8cb578e39e75834a23f8bd0ea8341843254678503884784b00b1ad767a6ec6"),
                    Map.entry(
                            "golden-v3.zip",
                            "180b3f4d9a8dd0973d98335ba54ff165c6f921f3e2bb309c5fe7a8d32ee36b86"));

    @Test
    void shouldBeTheFilesThatWereOnceWritten() throws Exception {
        Map<String, String> found = new TreeMap<>();
        Path folder = Path.of(GoldenFilesTest.class.getResource("/golden-v1.zip").toURI());
        try (var files = Files.list(folder.getParent())) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith("golden-")) {
                    found.put(name, sum(name));
                }
            }
        }
        assertEquals(new TreeMap<>(SHA_256), found);
    }

    private static String sum(String name) throws Exception {
        try (InputStream in = GoldenFiles.kept(name)) {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
            return HexFormat.of().formatHex(sum);
        }
    }
}
