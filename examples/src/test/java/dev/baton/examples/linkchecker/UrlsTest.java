package dev.baton.examples.linkchecker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.MalformedURLException;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlsTest {
    private static final URI BASE = URI.create("http://example.org/a/b/page.html?q=1");

    @ParameterizedTest
    @CsvSource(delimiterString = "->", textBlock = """
        # as RFC 3986, section 5.4, where it is about http
        other.html -> http://example.org/a/b/other.html
        ./other.html -> http://example.org/a/b/other.html
        other/ -> http://example.org/a/b/other/
        /other.html -> http://example.org/other.html
        //other.org -> http://other.org/
        //other.org/x?y -> http://other.org/x?y
        ?y=2 -> http://example.org/a/b/page.html?y=2
        other.html?y=2 -> http://example.org/a/b/other.html?y=2
        '' -> http://example.org/a/b/page.html?q=1
        . -> http://example.org/a/b/
        ./ -> http://example.org/a/b/
        .. -> http://example.org/a/
        ../ -> http://example.org/a/
        ../other.html -> http://example.org/a/other.html
        ../.. -> http://example.org/
        ../../other.html -> http://example.org/other.html
        ../../../../other.html -> http://example.org/other.html
        /./other.html -> http://example.org/other.html
        /../other.html -> http://example.org/other.html
        other. -> http://example.org/a/b/other.
        .other -> http://example.org/a/b/.other
        other.. -> http://example.org/a/b/other..
        ..other -> http://example.org/a/b/..other
        ./../other.html -> http://example.org/a/other.html
        ./other/. -> http://example.org/a/b/other/
        other/./x -> http://example.org/a/b/other/x
        other/../x -> http://example.org/a/b/x
        other//x -> http://example.org/a/b/other//x
        other.html?y/../x -> http://example.org/a/b/other.html?y/../x
        # one spelling for one address
        HTTP://EXAMPLE.org/A -> http://example.org/A
        http://example.org -> http://example.org/
        http://example.org?q -> http://example.org/?q
        http://example.org:80/x -> http://example.org/x
        https://example.org:443/x -> https://example.org/x
        http://example.org:443/x -> http://example.org:443/x
        http://example.org:8080/x -> http://example.org:8080/x
        http://example.org:/x -> http://example.org/x
        http://me:pw@example.org/ -> http://example.org/
        http://[::1]:8080/x -> http://[::1]:8080/x
        http://bücher.example/x -> http://xn--bcher-kva.example/x
        %7euser/%41%2f%c3%a4 -> http://example.org/a/b/~user/A%2F%C3%A4
        # what browsers escape
        two words.html -> http://example.org/a/b/two%20words.html
        käse.html -> http://example.org/a/b/k%C3%A4se.html
        a|b{c}[d]"e"<f>^` -> http://example.org/a/b/a%7Cb%7Bc%7D%5Bd%5D%22e%22%3Cf%3E%5E%60
        x?a[]=1|2 -> http://example.org/a/b/x?a%5B%5D=1%7C2
        x?a=b%20c -> http://example.org/a/b/x?a=b%20c
        """)
    void referencesHaveOneSpelling(String reference, String expected) throws MalformedURLException {
        assertEquals(expected, Urls.resolve(BASE, reference).toString());
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "->", textBlock = """
        http:other.html -> no host
        http:// -> no host
        http:///x -> no host
        // -> no host
        http://:80/ -> no host
        http://example.org:0/ -> no such port: 0
        http://example.org:99999/ -> no such port: 99999
        http://example.org:123456789012/ -> no such port: 123456789012
        http://example.org:port/ -> no valid host: example.org:port
        http://[bad/ -> expected closing bracket for ipv6 address
        http://ex_ample.org/ -> no valid host: ex_ample.org
        100%.html -> % without two hexadecimal digits
        x?100% -> % without two hexadecimal digits
        x%2 -> % without two hexadecimal digits
        x%zz -> % without two hexadecimal digits
        """)
    void malformedReferencesSayWhatIsWrong(String reference, String expected) {
        MalformedURLException e = assertThrows(MalformedURLException.class, () -> Urls.resolve(BASE, reference));
        assertEquals(expected, e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "", "?a:b", "x/y:z", "#a:b", "http://x", "HTTPS://x", "//x", "/a:b", "9a:b"})
    void webReferencesAreOurs(String reference) {
        assertEquals(true, Urls.isWeb(reference));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"mailto:a@b", "javascript:void(0)", "data:,x", "tel:+1", "ftp://x", "JavaScript:x", "about:blank"
            })
    void otherSchemesAreNot(String reference) {
        assertEquals(false, Urls.isWeb(reference));
    }

    @ParameterizedTest
    @CsvSource({
        "http://example.org/x, example.org",
        "https://example.org, example.org",
        "http://example.org:81, example.org:81"
    })
    void hostNamesAPortOnlyWhereItIsUnusual(String url, String expected) throws MalformedURLException {
        assertEquals(expected, Urls.host(Urls.parse(url)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://example.org", "example.org", "mailto:me", ""})
    void onlyWebAddressesCanBeTyped(String text) {
        MalformedURLException e = assertThrows(MalformedURLException.class, () -> Urls.parse(text));
        assertEquals("it does not start with http:// or https://", e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"' x y ', x y", "'\n x\t\ny\r', xy"})
    void whiteSpaceIsCleanedAsBrowsersDo(String reference, String expected) {
        assertEquals(expected, Urls.clean(reference));
    }
}
