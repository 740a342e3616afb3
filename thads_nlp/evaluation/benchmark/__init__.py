"""Speed, memory and size of this package beside other systems on the same articles, each in a process of its own.

``results``, ``clock``, ``worker``, ``rivals`` and ``machine`` import each other relatively and nothing else of
``thads_nlp``: the worker runs them as a package of their own, so that another system's start-up and memory hold nothing
of this one.
"""
