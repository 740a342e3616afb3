"""``python -m thads_nlp`` is the command ``thads-nlp``."""

from thads_nlp.cli import main

if __name__ == "__main__":
    main()
