"""The French analysis chain: how a text becomes the words that are indexed and searched.

One description, ``mappings/analysis.json``, in the settings format of OpenSearch: the node reads it as it is, this
package interprets it for the embedded engine and for scoring, and a test compares the two on a real node.

The house normalises every text to NFC (:func:`nfc`) before either engine sees it, documents and queries alike. This
package does it by itself; whoever sends a document to OpenSearch calls :func:`nfc` first.
"""

from vivier.text.analysis import Analysis, load_analysis, nfc
from vivier.text.settings import AnalysisError
from vivier.text.synonyms import Token

__all__ = ["Analysis", "AnalysisError", "Token", "load_analysis", "nfc"]
