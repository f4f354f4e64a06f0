from fastdial.engine.contact_list cimport Contact, ContactList
from fastdial.engine.state cimport State
from fastdial.engine.layouts cimport Agent, AgentStateChanged
